"""`python -m batu_geo`."""

from batu_geo.cli import main

if __name__ == "__main__":
    main()
