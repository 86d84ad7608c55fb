namespace jmrp {}
