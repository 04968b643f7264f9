class Merge: pass
