"""What pages show: plain values for templates, made from rows and from what strangers wrote."""
