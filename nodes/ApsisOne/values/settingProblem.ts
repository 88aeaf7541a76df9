/** What is wrong with a setting, and how to mend it. */
export interface SettingProblem {
	message: string;
	cure: string;
}
