"""What the product says: sentences as codes with arguments, and the words for them in each language."""
