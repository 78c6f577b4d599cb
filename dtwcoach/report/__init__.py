"""What people read: figures, tables and the self-contained report page."""
