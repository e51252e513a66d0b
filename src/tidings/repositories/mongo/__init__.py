"""The only room that speaks to MongoDB: Motor, and mongomock-motor for memory://."""
