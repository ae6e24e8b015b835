// The owner of the precompiled header (Layers.cmake).
