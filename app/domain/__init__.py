"""What may happen. One module an activity; public functions are the verbs, and each verb is one unit of work."""
