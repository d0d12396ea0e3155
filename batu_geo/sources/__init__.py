"""The only place that reads inputs."""
