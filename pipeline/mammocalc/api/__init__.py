"""What a researcher writes from memory: `import mammocalc` shows it, and nothing else is public."""
