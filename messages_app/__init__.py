"""Messages for the client: noted, filtered, relayed until somebody acknowledges."""
