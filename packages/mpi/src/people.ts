// SPDX-License-Identifier: BSD-3-Clause

/** Of a guest's users, a member of the group that may use the device, and somebody else. */
export const MEMBER = "member";
export const OTHER = "other";
