"""What the pages share: the shell around them, figures, pictures of digits, live views and the canvas."""
