"""From what was said to what is searched: normalisation, segmentation, tokens, masking."""
