"""The issuing interface of W3C VCALM, on top of the services for our own credentials."""
