"""Files that mean harm, made here, each with a twin that differs in nothing but the harm."""
