"""The tables a health office reads, made from an assessment."""
