"""The ways to people: each transport carries neutral messages to one platform and what people say back."""
