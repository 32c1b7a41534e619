"""What happens by itself (`[rules]`): conditions, limits, deeds, and the engine that follows the feed."""
