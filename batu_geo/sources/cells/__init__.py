"""Cells of tables: numbers, dates, headers, workbooks and SQL dumps."""
