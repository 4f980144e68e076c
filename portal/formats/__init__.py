"""How dates read in languages where Django's own way does not suit these pages."""
