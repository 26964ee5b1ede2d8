"""What a run keeps beside its mattes, in `.penumbra/`. All of it may be deleted when no run is at work."""
