"""Pages as people see them: templates, style sheets and scripts; no CDN, no build step."""
