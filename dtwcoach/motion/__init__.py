"""From poses to repetitions: cleaning, body coordinates, features, segmentation."""
