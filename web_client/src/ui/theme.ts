/** Light and dark: the person's choice, or the system's. */

import type { ThemeName } from "../scene/room";
import type { ThemeChoice } from "./preferences";

export class Theme {
  private choice: ThemeChoice = "auto";
  private readonly system = matchMedia("(prefers-color-scheme: dark)");

  constructor(private readonly onChange: (theme: ThemeName) => void) {
    this.system.addEventListener("change", () => this.apply());
  }

  choose(choice: ThemeChoice): void {
    this.choice = choice;
    this.apply();
  }

  private apply(): void {
    const isDark = this.choice === "dark" || (this.choice === "auto" && this.system.matches);
    const theme: ThemeName = isDark ? "dark" : "light";
    document.documentElement.dataset["theme"] = theme;
    this.onChange(theme);
  }
}
