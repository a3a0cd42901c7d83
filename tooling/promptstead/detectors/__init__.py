"""What is found in any text: personal data, secrets, ranges that are reserved for examples."""
