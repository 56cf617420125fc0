/* What a processor can do at most on one core: the limit that the benchmarks measure numpy against.

   Every function checks what nps_core checks. Blocks of vectors are counted in bytes, which are added up before they
   can overflow; a block that holds something else than scores is counted again, one value at a time. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __AVX2__
#include <immintrin.h>
#endif

enum { DETRACTORS, PASSIVES, PROMOTERS, MISSING, INVALID, KINDS };
enum { CELLS = 13 };

static int kind_of(double value) {
    if (isnan(value)) return MISSING;
    if (!(value >= 0 && value <= 10) || value != floor(value)) return INVALID;
    return value >= 9 ? PROMOTERS : value >= 7 ? PASSIVES : DETRACTORS;
}

static void count_bytes_slowly(const uint8_t *scores, int64_t n, int64_t *counts) {
    for (int64_t i = 0; i < n; i++) counts[kind_of(scores[i])]++;
}

static void count_longs_slowly(const int64_t *scores, int64_t n, int64_t *counts) {
    for (int64_t i = 0; i < n; i++) counts[scores[i] < 0 || scores[i] > 10 ? INVALID : kind_of((double)scores[i])]++;
}

static void count_doubles_slowly(const double *scores, int64_t n, int64_t *counts) {
    for (int64_t i = 0; i < n; i++) counts[kind_of(scores[i])]++;
}

#ifdef __AVX2__

/* Vectors of 32 values per block: a byte counts to 255. */
enum { VECTORS = 240, LANES = 32, BLOCK = VECTORS * LANES };

typedef struct {
    __m256i from_seven, from_nine;
} Bytes;

static int64_t sum_of_bytes(__m256i bytes) {
    __m256i sums = _mm256_sad_epu8(bytes, _mm256_setzero_si256());
    return _mm256_extract_epi64(sums, 0) + _mm256_extract_epi64(sums, 1) + _mm256_extract_epi64(sums, 2) +
           _mm256_extract_epi64(sums, 3);
}

static int largest_byte(__m256i bytes) {
    uint8_t each[LANES];
    int largest = 0;
    _mm256_storeu_si256((__m256i *)each, bytes);
    for (int i = 0; i < LANES; i++) largest = each[i] > largest ? each[i] : largest;
    return largest;
}

/* A comparison that holds is -1 in its byte, so it is subtracted. */
static inline void add_bytes(Bytes *sums, __m256i values) {
    sums->from_seven = _mm256_sub_epi8(sums->from_seven, _mm256_cmpgt_epi8(values, _mm256_set1_epi8(6)));
    sums->from_nine = _mm256_sub_epi8(sums->from_nine, _mm256_cmpgt_epi8(values, _mm256_set1_epi8(8)));
}

static void add_block(Bytes sums, int64_t missing, int64_t *counts) {
    int64_t from_seven = sum_of_bytes(sums.from_seven), from_nine = sum_of_bytes(sums.from_nine);
    counts[PROMOTERS] += from_nine;
    counts[PASSIVES] += from_seven - from_nine;
    counts[DETRACTORS] += BLOCK - from_seven - missing;
    counts[MISSING] += missing;
}

void count_bytes(const uint8_t *scores, int64_t n, int64_t *counts) {
    int64_t i = 0;
    for (; i + BLOCK <= n; i += BLOCK) {
        Bytes even = {_mm256_setzero_si256(), _mm256_setzero_si256()}, odd = even;
        __m256i even_largest = _mm256_setzero_si256(), odd_largest = even_largest;
        for (int j = 0; j < BLOCK; j += 2 * LANES) {
            __m256i first = _mm256_loadu_si256((const __m256i *)(scores + i + j));
            __m256i second = _mm256_loadu_si256((const __m256i *)(scores + i + j + LANES));
            even_largest = _mm256_max_epu8(even_largest, first);
            odd_largest = _mm256_max_epu8(odd_largest, second);
            add_bytes(&even, first);
            add_bytes(&odd, second);
        }
        if (largest_byte(_mm256_max_epu8(even_largest, odd_largest)) > 10) {
            count_bytes_slowly(scores + i, BLOCK, counts);
            continue;
        }
        even.from_seven = _mm256_add_epi8(even.from_seven, odd.from_seven); /* 240 at most */
        even.from_nine = _mm256_add_epi8(even.from_nine, odd.from_nine);
        add_block(even, 0, counts);
    }
    count_bytes_slowly(scores + i, n - i, counts);
}

/* Thirty-two numbers of eight bytes as bytes, in any order: their low halves, then packed twice. */
static inline __m256i packed(const __m256i *low_halves) {
    return _mm256_packs_epi16(_mm256_packs_epi32(low_halves[0], low_halves[1]),
                              _mm256_packs_epi32(low_halves[2], low_halves[3]));
}

void count_longs(const int64_t *scores, int64_t n, int64_t *counts) {
    int64_t i = 0;
    for (; i + BLOCK <= n; i += BLOCK) {
        Bytes sums = {_mm256_setzero_si256(), _mm256_setzero_si256()};
        __m256i bits = _mm256_setzero_si256(), largest = bits;
        for (int j = 0; j < BLOCK; j += LANES) {
            __m256i low_halves[4];
            for (int k = 0; k < 4; k++) {
                __m256i first = _mm256_loadu_si256((const __m256i *)(scores + i + j + 8 * k));
                __m256i second = _mm256_loadu_si256((const __m256i *)(scores + i + j + 8 * k + 4));
                bits = _mm256_or_si256(bits, _mm256_or_si256(first, second));
                low_halves[k] = _mm256_castps_si256(
                    _mm256_shuffle_ps(_mm256_castsi256_ps(first), _mm256_castsi256_ps(second), 0x88));
            }
            __m256i values = packed(low_halves);
            largest = _mm256_max_epu8(largest, values);
            add_bytes(&sums, values);
        }
        if (!_mm256_testz_si256(bits, _mm256_set1_epi64x(~15LL)) || largest_byte(largest) > 10) {
            count_longs_slowly(scores + i, BLOCK, counts);
            continue;
        }
        add_block(sums, 0, counts);
    }
    count_longs_slowly(scores + i, n - i, counts);
}

void count_doubles(const double *scores, int64_t n, int64_t *counts) {
    int64_t i = 0;
    for (; i + BLOCK <= n; i += BLOCK) {
        Bytes sums = {_mm256_setzero_si256(), _mm256_setzero_si256()};
        __m256i missing = _mm256_setzero_si256();
        __m256d fractions = _mm256_setzero_pd(), smallest = fractions, largest = fractions;
        for (int j = 0; j < BLOCK; j += LANES) {
            __m256i low_halves[4];
            for (int k = 0; k < 4; k++) {
                __m128i whole[2];
                for (int half = 0; half < 2; half++) {
                    __m256d values = _mm256_loadu_pd(scores + i + j + 8 * k + 4 * half);
                    whole[half] = _mm256_cvttpd_epi32(values); /* the smallest number for NaN: -128, when packed */
                    fractions = _mm256_or_pd(
                        fractions, _mm256_cmp_pd(values, _mm256_cvtepi32_pd(whole[half]), _CMP_NEQ_OQ));
                    smallest = _mm256_min_pd(values, smallest); /* of NaN and a number, these take the second */
                    largest = _mm256_max_pd(values, largest);
                }
                low_halves[k] = _mm256_set_m128i(whole[1], whole[0]);
            }
            __m256i values = packed(low_halves);
            missing = _mm256_sub_epi8(missing, _mm256_cmpeq_epi8(values, _mm256_set1_epi8(-128)));
            add_bytes(&sums, values);
        }
        __m256d outside = _mm256_or_pd(_mm256_cmp_pd(smallest, _mm256_setzero_pd(), _CMP_LT_OQ),
                                       _mm256_cmp_pd(largest, _mm256_set1_pd(10), _CMP_GT_OQ));
        if (_mm256_movemask_pd(_mm256_or_pd(fractions, outside))) {
            count_doubles_slowly(scores + i, BLOCK, counts);
            continue;
        }
        add_block(sums, sum_of_bytes(missing), counts);
    }
    count_doubles_slowly(scores + i, n - i, counts);
}

#else

/* Plain loops, for the compiler to vectorise. */

void count_bytes(const uint8_t *scores, int64_t n, int64_t *counts) {
    int64_t from_seven = 0, from_nine = 0, outside = 0;
    for (int64_t i = 0; i < n; i++) {
        from_seven += scores[i] >= 7;
        from_nine += scores[i] >= 9;
        outside += scores[i] > 10;
    }
    counts[PROMOTERS] += from_nine - outside;
    counts[PASSIVES] += from_seven - from_nine;
    counts[DETRACTORS] += n - from_seven;
    counts[INVALID] += outside;
}

void count_longs(const int64_t *scores, int64_t n, int64_t *counts) {
    int64_t from_seven = 0, from_nine = 0, above = 0, below = 0;
    for (int64_t i = 0; i < n; i++) {
        from_seven += scores[i] >= 7;
        from_nine += scores[i] >= 9;
        above += scores[i] > 10;
        below += scores[i] < 0;
    }
    counts[PROMOTERS] += from_nine - above;
    counts[PASSIVES] += from_seven - from_nine;
    counts[DETRACTORS] += n - from_seven - below;
    counts[INVALID] += above + below;
}

void count_doubles(const double *scores, int64_t n, int64_t *counts) { count_doubles_slowly(scores, n, counts); }

#endif

/* Counts per group and cell, of codes from 0 to n_groups - 1 and cells from 0 to 12; counts is (n_groups, 13) and
   holds zeros. Few groups have four tables, taken in turn: a counter that was just written is not at once read again.
   In a table of many groups the places are asked for ahead of their turn. */
int count_groups(const int32_t *codes, const uint8_t *cells, int64_t n, int64_t n_groups, uint32_t *counts) {
    enum { TABLES = 4, WIDTH = 16, FEW = 128, MANY = 16384, AHEAD = 32 };
    if (n_groups <= FEW) {
        static uint32_t tables[TABLES][FEW * WIDTH];
        memset(tables, 0, sizeof tables);
        int64_t i = 0;
        for (; i + TABLES <= n; i += TABLES)
            for (int t = 0; t < TABLES; t++) tables[t][codes[i + t] * WIDTH | cells[i + t]]++;
        for (; i < n; i++) tables[0][codes[i] * WIDTH | cells[i]]++;
        for (int64_t group = 0; group < n_groups; group++)
            for (int cell = 0; cell < CELLS; cell++)
                for (int t = 0; t < TABLES; t++) counts[group * CELLS + cell] += tables[t][group * WIDTH + cell];
        return 0;
    }
    if (n_groups <= MANY) {
        for (int64_t i = 0; i < n; i++) counts[codes[i] * CELLS + cells[i]]++;
        return 0;
    }
    for (int64_t i = 0; i < n; i++) {
        if (i + AHEAD < n) __builtin_prefetch(counts + (int64_t)codes[i + AHEAD] * CELLS + cells[i + AHEAD], 1);
        counts[(int64_t)codes[i] * CELLS + cells[i]]++;
    }
    return 0;
}

/* Sums of the weights, of their squares and of ones per group and score; sums is (n_groups, 11, 4), its last column
   stays 0 and makes a place one vector wide, so that all three sums are one addition. Four tables in turn if few. */
int weigh_groups(const int32_t *codes, const uint8_t *scores, const double *weights, int64_t n, int64_t n_groups,
                 double *sums) {
    enum { POINTS = 11, WIDTH = 4, FEW = 256 };
    int n_tables = n_groups <= FEW ? 4 : 1;
    size_t size = (size_t)n_groups * POINTS * WIDTH;
    double *table = NULL;
    if (posix_memalign((void **)&table, 64, n_tables * size * sizeof(double))) return 1;
    memset(table, 0, n_tables * size * sizeof(double));
    for (int64_t i = 0; i < n; i++) {
        double *place = table + (i & (n_tables - 1)) * size + ((size_t)codes[i] * POINTS + scores[i]) * WIDTH;
#ifdef __AVX2__
        __m256d weight = _mm256_set1_pd(weights[i]);
        __m256d factors = _mm256_blend_pd(_mm256_set_pd(0, 1, 0, 1), weight, 2);
        __m256d terms = _mm256_mul_pd(_mm256_blend_pd(weight, _mm256_set1_pd(1), 12), factors);
        _mm256_store_pd(place, _mm256_add_pd(_mm256_load_pd(place), terms));
#else
        place[0] += weights[i];
        place[1] += weights[i] * weights[i];
        place[2] += 1;
#endif
    }
    for (int t = 0; t < n_tables; t++)
        for (size_t place = 0; place < size; place++) sums[place] += table[t * size + place];
    free(table);
    return 0;
}
