"""One function from an utterance to a suggestion; every face and every evaluation calls it."""
