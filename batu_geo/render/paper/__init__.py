"""Maps and charts for print."""
