"""What people think of the answers: blind sheets out and in, agreement, adjudication, accuracy, and new gold."""
