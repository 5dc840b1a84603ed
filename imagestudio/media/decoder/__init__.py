"""Pictures of strangers, decoded in processes of their own: see `decoder.Decoder`."""
