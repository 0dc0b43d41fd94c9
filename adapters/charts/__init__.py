"""Charts as PNG pictures, painted with Pillow (https://pillow.readthedocs.io)."""
