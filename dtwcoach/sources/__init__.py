"""Where poses come from: video files, cameras and the pose files of other programs."""
