// Before the page is drawn: the theme chosen on an earlier page, where the browser lets us remember it.
try {
  const theme = window.localStorage.getItem('plimsoll-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Files opened from disk may have no storage; the theme of the system stays.
}
