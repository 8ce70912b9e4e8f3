"""The operator's doors: each checks the signature, calls one service and answers TwiML."""
