/** What is wrong with a setting, and how to correct it. */
export interface SettingProblem {
	message: string;
	cure: string;
}
