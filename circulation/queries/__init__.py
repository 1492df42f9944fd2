"""What is true of loans, money and availability. Reads only; views and services import the module they need."""
