/* A label provider for tests: it takes every label but "refused". */
#include "postgres.h"
#include "commands/seclabel.h"
#include "fmgr.h"

PG_MODULE_MAGIC;
void _PG_init(void);

static void
check(const ObjectAddress *object, const char *label)
{
	if (label != NULL && strcmp(label, "refused") == 0)
		elog(ERROR, "this label is refused");
}

void
_PG_init(void)
{
	register_label_provider("tests", check);
}
