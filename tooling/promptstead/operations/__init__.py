"""What a verb does, without click: each room is one part of the work."""
