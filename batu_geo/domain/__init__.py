"""Words: tables, scenarios, norms, errors. No files, no network, no drawing."""
