// SPDX-License-Identifier: Apache-2.0
/* Counts the lines, words and characters of a UTF-8 text and draws its most frequent words as bars.
 * A word is a run of letters and digits, in lower case; an apostrophe within it belongs to it ("don't").
 * The C library of WASI classifies code points alike in every locale, so none is set here. */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

enum { EXIT_USAGE = 2, DEFAULT_ROWS = 10, BAR_CELLS = 40, WORD_COLUMN = 24, FIRST_SLOTS = 1024, FIRST_LETTERS = 64 };

struct entry { /* One distinct word, which the table owns; a count of 0 marks a free slot. */
    char *word;
    uint32_t hash;
    uint64_t count;
};

struct report {
    uint64_t lines, words, characters, malformed, bytes;
    struct entry *slots; /* A hash table with linear probing. */
    size_t slot_count, distinct;
    char *letters; /* The word being read. */
    size_t length, capacity;
    bool open_line, apostrophe;  /* An apostrophe has followed the word; it counts if the word goes on. */
    uint32_t sequence;           /* What the bytes of an unfinished UTF-8 sequence have said so far, */
    unsigned missing, low, high; /* how many are to come, and the bounds of the next one. */
};

static struct entry *find_slot(struct entry *slots, size_t slot_count, const char *word, uint32_t hash) {
    size_t index = hash & (slot_count - 1);
    while (slots[index].count != 0 && (slots[index].hash != hash || strcmp(slots[index].word, word) != 0))
        index = (index + 1) & (slot_count - 1);
    return &slots[index];
}

static bool grow_slots(struct report *report) {
    size_t slot_count = report->slot_count == 0 ? FIRST_SLOTS : report->slot_count * 2;
    struct entry *slots = calloc(slot_count, sizeof *slots);
    if (slots == NULL)
        return false;
    for (struct entry *old = report->slots; old != report->slots + report->slot_count; old++)
        if (old->count != 0)
            *find_slot(slots, slot_count, old->word, old->hash) = *old;
    free(report->slots);
    report->slots = slots;
    report->slot_count = slot_count;
    return true;
}

static bool finish_word(struct report *report) {
    report->apostrophe = false;
    if (report->length == 0)
        return true;
    if (report->distinct >= report->slot_count / 2 && !grow_slots(report))
        return false;
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < report->length; i++)
        hash = (hash ^ (unsigned char)report->letters[i]) * 16777619u;
    report->letters[report->length] = '\0';
    struct entry *slot = find_slot(report->slots, report->slot_count, report->letters, hash);
    if (slot->count == 0) {
        char *word = malloc(report->length + 1);
        if (word == NULL)
            return false;
        *slot = (struct entry){.word = memcpy(word, report->letters, report->length + 1), .hash = hash};
        report->distinct++;
    }
    slot->count++;
    report->words++;
    report->length = 0;
    return true;
}

static bool append_letter(struct report *report, uint32_t letter) {
    if (report->capacity - report->length < 5) { /* Four bytes and the final NUL. */
        size_t capacity = report->capacity == 0 ? FIRST_LETTERS : report->capacity * 2;
        char *letters = capacity > report->capacity ? realloc(report->letters, capacity) : NULL;
        if (letters == NULL)
            return false;
        report->letters = letters;
        report->capacity = capacity;
    }
    char *end = report->letters + report->length;
    size_t length = letter < 0x80 ? 1 : letter < 0x800 ? 2 : letter < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0x00, 0xC0, 0xE0, 0xF0};
    report->length += length;
    for (size_t i = length - 1; i > 0; i--, letter >>= 6)
        end[i] = (char)(0x80 | (letter & 0x3F));
    end[0] = (char)(leads[length] | letter);
    return true;
}

static bool add_character(struct report *report, uint32_t character) {
    report->characters++;
    report->open_line = character != '\n';
    report->lines += character == '\n';
    if (iswalnum((wint_t)character) || (report->length > 0 && character - 0x300 < 0x70)) { /* Or an accent on one. */
        if (report->apostrophe && !append_letter(report, '\''))
            return false;
        report->apostrophe = false;
        return append_letter(report, (uint32_t)towlower((wint_t)character));
    }
    if ((character == '\'' || character == 0x2019) && report->length > 0 && !report->apostrophe)
        report->apostrophe = true;
    else if (!finish_word(report))
        return false;
    return true;
}

static bool add_malformed(struct report *report) {
    report->missing = 0;
    report->malformed++;
    return add_character(report, 0xFFFD);
}

static bool add_byte(struct report *report, unsigned char byte) {
    report->bytes++;
    if (report->missing > 0 && byte >= report->low && byte <= report->high) {
        report->sequence = report->sequence << 6 | (byte & 0x3Fu);
        report->low = 0x80;
        report->high = 0xBF;
        return --report->missing > 0 || add_character(report, report->sequence);
    }
    if (report->missing > 0 && !add_malformed(report))
        return false;
    if (byte < 0x80)
        return add_character(report, byte);
    if (byte < 0xC2 || byte > 0xF4)
        return add_malformed(report);
    report->missing = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
    report->sequence = byte & (0x3Fu >> report->missing);
    report->low = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;  /* No overlong forms, */
    report->high = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF; /* surrogates, or anything above U+10FFFF. */
    return true;
}

static const char *read_text(struct report *report, FILE *input) { /* NULL, or what went wrong. */
    static unsigned char chunk[1 << 16];
    for (size_t length; (length = fread(chunk, 1, sizeof chunk, input)) > 0;)
        for (size_t i = 0; i < length; i++)
            if (!add_byte(report, chunk[i]))
                return "out of memory";
    if (ferror(input))
        return strerror(errno);
    if ((report->missing > 0 && !add_malformed(report)) || !finish_word(report))
        return "out of memory";
    report->lines += report->open_line;
    return NULL;
}

static int by_rank(const void *left, const void *right) {
    const struct entry *a = left, *b = right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return a->count == 0 ? 0 : strcmp(a->word, b->word);
}

/* Returns how many characters of its column the word takes, and sets *bytes to the bytes of it that fit. */
static size_t fit_word(const char *word, size_t *bytes) {
    size_t width = 0, end = 0, cut = 0;
    for (; word[end] != '\0'; end++)
        if (((unsigned char)word[end] & 0xC0) != 0x80 && ++width == WORD_COLUMN)
            cut = end;
    *bytes = width > WORD_COLUMN ? cut : end;
    return width > WORD_COLUMN ? WORD_COLUMN : width;
}

static void print_chart(const struct entry *rows, size_t count) {
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    size_t bytes, width, widest = 0;
    for (size_t i = 0; i < count; i++)
        if ((width = fit_word(rows[i].word, &bytes)) > widest)
            widest = width;
    for (size_t i = 0; i < count; i++) {
        width = fit_word(rows[i].word, &bytes);
        printf("%s%.*s", i == 0 ? "\n" : "", (int)bytes, rows[i].word);
        printf("%s%*s  ", rows[i].word[bytes] == '\0' ? "" : "…", (int)(widest - width), "");
        printf("%*" PRIu64 "  ", snprintf(NULL, 0, "%" PRIu64, rows[0].count), rows[i].count);
        uint64_t bar = rows[i].count * BAR_CELLS * 8 / rows[0].count;
        for (uint64_t cell = 0; cell < bar / 8; cell++)
            fputs("█", stdout);
        puts(eighths[bar == 0 ? 1 : bar % 8]);
    }
}

static void print_report(const struct report *report, size_t rows) {
    printf("lines           %10" PRIu64 "\nwords           %10" PRIu64 "\n", report->lines, report->words);
    printf("distinct words  %10" PRIu64 "\n", (uint64_t)report->distinct);
    printf("characters      %10" PRIu64 "\nbytes           %10" PRIu64 "\n", report->characters, report->bytes);
    if (report->malformed > 0)
        printf("malformed       %10" PRIu64 "\n", report->malformed);
    if (report->distinct > 0)
        qsort(report->slots, report->slot_count, sizeof *report->slots, by_rank);
    print_chart(report->slots, rows < report->distinct ? rows : report->distinct);
}

static int run(struct report *report, const char *path, size_t rows) {
    FILE *input = path == NULL ? stdin : fopen(path, "rb");
    const char *subject = path == NULL ? "standard input" : path;
    const char *problem = input == NULL ? strerror(errno) : read_text(report, input);
    if (input != NULL && input != stdin)
        fclose(input);
    if (problem == NULL) {
        print_report(report, rows);
        if (fflush(stdout) == 0 && !ferror(stdout))
            return EXIT_SUCCESS;
        subject = "standard output";
        problem = strerror(errno);
    }
    fprintf(stderr, "wordfreq: %s: %s\n", subject, problem);
    return EXIT_FAILURE;
}

static const char *parse_arguments(char **arguments, const char **path, size_t *rows) { /* NULL, or a mistake. */
    for (; *arguments != NULL; arguments++) {
        if (strcmp(*arguments, "-n") == 0) {
            const char *digits = *++arguments;
            if (digits == NULL || *digits == '\0' || digits[strspn(digits, "0123456789")] != '\0')
                return "-n wants a whole number";
            *rows = strtoul(digits, NULL, 10); /* Beyond the range it is the greatest value: all rows. */
        } else if (**arguments == '-' || *path != NULL) {
            return **arguments == '-' ? "no option but -n is known" : "only one file can be read";
        } else {
            *path = *arguments;
        }
    }
    return NULL;
}

int main(int argc, char **argv) {
    const char *path = NULL;
    size_t rows = DEFAULT_ROWS;
    const char *mistake = parse_arguments(argv + (argc > 0), &path, &rows);
    if (mistake != NULL) {
        fprintf(stderr, "wordfreq: %s\nusage: wordfreq [-n COUNT] [FILE]\n", mistake);
        return EXIT_USAGE;
    }
    struct report report = {0};
    int status = run(&report, path, rows);
    for (size_t i = 0; i < report.slot_count; i++)
        free(report.slots[i].word);
    free(report.slots);
    free(report.letters);
    return status;
}
