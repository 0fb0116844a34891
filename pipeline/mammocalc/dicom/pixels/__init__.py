"""From the bytes of a file to grey values: decoding, bits, polarity, padding, windows."""
