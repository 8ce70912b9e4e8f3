"""The interpreter: plays Twilio's side for demonstration, training and tests.

It reads our TwiML, signs its webhooks, rings telephones, sends SMS, answers the REST API and
enforces its rates, over a virtual clock (tests) or a real one (demonstration). It speaks HTTP only
and knows nothing of the product's models.
"""
