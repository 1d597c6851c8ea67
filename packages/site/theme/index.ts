// SPDX-License-Identifier: BSD-3-Clause
import theme from "vitepress/theme";
import "./style.css";

export default theme;
