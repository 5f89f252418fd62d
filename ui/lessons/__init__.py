"""Parts of the Lessons page: the list, a step, parts of the lab shown in place, glossary and contest."""
