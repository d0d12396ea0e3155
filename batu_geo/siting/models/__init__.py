"""The textbook location models: MCLP, LSCP, p-median, p-centre, capacitated."""
