"""What people and the clock can ask of Signalbox: load, decide in the domain, save."""
