"""What moto 5.2.1 lacks of AWS for a stack that is used, and not only described."""
