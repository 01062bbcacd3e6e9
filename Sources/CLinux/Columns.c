// In C, because wcwidth() stands behind _GNU_SOURCE.
#define _GNU_SOURCE
#include <locale.h>
#include <pthread.h>
#include <stdint.h>
#include <wchar.h>

static locale_t all_characters;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_locale(void) { all_characters = newlocale(LC_CTYPE_MASK, "C.UTF-8", 0); }

int clinux_columns(uint32_t character) {
    pthread_once(&once, make_locale);
    if (all_characters == 0) return 1;
    locale_t before = uselocale(all_characters);
    int width = wcwidth((wchar_t)character);
    uselocale(before);
    return width < 0 ? 1 : width;
}
