"""What other systems tell, read as SPEC events. Pure: text in, events and problems out."""
