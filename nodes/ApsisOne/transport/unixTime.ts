/** Smaller numbers are durations, and from when they count is not known. */
const FIRST_SECONDS = 1e9;
/** From here on a number of seconds would lie beyond the year 5000, so it counts milliseconds. */
const FIRST_MILLISECONDS = 1e11;

/** Unix seconds or milliseconds as milliseconds; NaN for what is neither. */
export function unixMoment(value: number): number {
	if (value < FIRST_SECONDS) return NaN;
	return value < FIRST_MILLISECONDS ? value * 1000 : value;
}
